/** Made by `npm run api-types` from the API document; not written by hand. */
import alerts_customer_left_en from './alerts/customer_left.en-US.json'
import alerts_customer_left_zh from './alerts/customer_left.zh-CN.json'
import alerts_staff_deleted_customer_en from './alerts/staff_deleted_customer.en-US.json'
import alerts_staff_deleted_customer_zh from './alerts/staff_deleted_customer.zh-CN.json'
import alerts_word_hit_en from './alerts/word_hit.en-US.json'
import alerts_word_hit_zh from './alerts/word_hit.zh-CN.json'

export type KindWords = typeof alerts_customer_left_zh &
  typeof alerts_staff_deleted_customer_zh &
  typeof alerts_word_hit_zh

export const EN = [
  alerts_customer_left_en satisfies typeof alerts_customer_left_zh,
  alerts_staff_deleted_customer_en satisfies typeof alerts_staff_deleted_customer_zh,
  alerts_word_hit_en satisfies typeof alerts_word_hit_zh,
]

export const ZH = [
  alerts_customer_left_zh satisfies typeof alerts_customer_left_en,
  alerts_staff_deleted_customer_zh satisfies typeof alerts_staff_deleted_customer_en,
  alerts_word_hit_zh satisfies typeof alerts_word_hit_en,
]
