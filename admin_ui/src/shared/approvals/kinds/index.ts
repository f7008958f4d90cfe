/** Made by `npm run api-types` from the API document; not written by hand. */
import { view as higher_limit } from './higher_limit'
import { view as large_broadcast } from './large_broadcast'
import type { Views } from './view'

export const VIEWS = {
  higher_limit,
  large_broadcast,
} satisfies Views
