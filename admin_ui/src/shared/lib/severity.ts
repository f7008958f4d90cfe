import type { Schemas } from '@/api/client'

import type { Tone } from '../palette'

export const SEVERITY_TONE: Record<Schemas['Severity'], Tone> = { high: 'bad', medium: 'warn', low: 'plain' }
