import './simulator.css'
import './words'

import { start } from '@/shared/ui/start'

import { Simulator } from './Simulator'

start(<Simulator />)
