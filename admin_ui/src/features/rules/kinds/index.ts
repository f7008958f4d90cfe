/** Made by `npm run api-types` from the API document; not written by hand. */
import { view as word_list } from './word_list'
import type { Views } from './view'

export const VIEWS = {
  word_list,
} satisfies Views
