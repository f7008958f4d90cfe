import './sidebar.css'
import './words'

import { start } from '@/shared/ui/start'

import { Sidebar } from './Sidebar'

start(<Sidebar />)
