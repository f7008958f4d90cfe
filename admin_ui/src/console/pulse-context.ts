import { createContext } from 'react'

import type { PulseState } from '@/api/pulse'

export const PulseContext = createContext<PulseState>({ ready: true, connected: true, alertsOpen: 0, tasksParked: 0 })
