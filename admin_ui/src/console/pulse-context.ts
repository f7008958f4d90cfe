import { createContext, useContext } from 'react'

import type { PulseState } from '@/api/pulse'

export const PulseContext = createContext<PulseState>({ ready: true, connected: true, alertsOpen: 0, tasksParked: 0 })

export const usePulseState = (): PulseState => useContext(PulseContext)
