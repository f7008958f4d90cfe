/** Made by `npm run api-types` from the API document; not written by hand. */
import { view as customer_left } from './customer_left'
import { view as staff_deleted_customer } from './staff_deleted_customer'
import { view as word_hit } from './word_hit'
import type { Views } from './view'

export const VIEWS = {
  customer_left,
  staff_deleted_customer,
  word_hit,
} satisfies Views
