import 'antd/dist/reset.css'
import '@/shared/ui/ui.css'
import './console.css'

import { BrowserRouter } from 'react-router'

import { start } from '@/shared/ui/start'

import { ConsoleRoutes } from './routes'

start(
  <BrowserRouter>
    <ConsoleRoutes />
  </BrowserRouter>,
)
