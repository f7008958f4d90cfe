/** Made by `npm run api-types` from the API document; not written by hand. */
import { view as added } from './added'
import { view as alert } from './alert'
import { view as broadcast } from './broadcast'
import { view as chat_day } from './chat_day'
import { view as deleted_by_customer } from './deleted_by_customer'
import { view as deleted_by_staff } from './deleted_by_staff'
import { view as edited } from './edited'
import { view as group_joined } from './group_joined'
import { view as group_left } from './group_left'
import { view as half_added } from './half_added'
import { view as handover } from './handover'
import { view as linked } from './linked'
import { view as owner_changed } from './owner_changed'
import { view as tagged } from './tagged'
import { view as taken_over } from './taken_over'
import { view as transferred } from './transferred'
import { view as unlinked } from './unlinked'
import { view as welcome_expired } from './welcome_expired'
import { view as welcome_refused } from './welcome_refused'
import { view as welcome_sent } from './welcome_sent'
import type { Views } from './view'

export const VIEWS = {
  added,
  alert,
  broadcast,
  chat_day,
  deleted_by_customer,
  deleted_by_staff,
  edited,
  group_joined,
  group_left,
  half_added,
  handover,
  linked,
  owner_changed,
  tagged,
  taken_over,
  transferred,
  unlinked,
  welcome_expired,
  welcome_refused,
  welcome_sent,
} satisfies Views
