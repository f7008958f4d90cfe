import 'antd/dist/reset.css'
import '@/shared/ui/ui.css'
import './sidebar.css'
import './words'

import { start } from '@/shared/ui/start'

import { Sidebar } from './Sidebar'

start(<Sidebar />)
