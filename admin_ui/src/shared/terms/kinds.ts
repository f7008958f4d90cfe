/** Made by `npm run api-types` from the API document; not written by hand. */
import alerts_customer_left_en from './alerts/customer_left.en-US.json'
import alerts_customer_left_zh from './alerts/customer_left.zh-CN.json'
import alerts_staff_deleted_customer_en from './alerts/staff_deleted_customer.en-US.json'
import alerts_staff_deleted_customer_zh from './alerts/staff_deleted_customer.zh-CN.json'
import alerts_word_hit_en from './alerts/word_hit.en-US.json'
import alerts_word_hit_zh from './alerts/word_hit.zh-CN.json'
import rules_word_list_en from './rules/word_list.en-US.json'
import rules_word_list_zh from './rules/word_list.zh-CN.json'
import notices_alert_raised_en from './notices/alert_raised.en-US.json'
import notices_alert_raised_zh from './notices/alert_raised.zh-CN.json'
import notices_words_found_en from './notices/words_found.en-US.json'
import notices_words_found_zh from './notices/words_found.zh-CN.json'
import notices_handover_escalated_en from './notices/handover_escalated.en-US.json'
import notices_handover_escalated_zh from './notices/handover_escalated.zh-CN.json'
import notices_handover_late_en from './notices/handover_late.en-US.json'
import notices_handover_late_zh from './notices/handover_late.zh-CN.json'
import notices_handover_opened_en from './notices/handover_opened.en-US.json'
import notices_handover_opened_zh from './notices/handover_opened.zh-CN.json'
import notices_alarm_raised_en from './notices/alarm_raised.en-US.json'
import notices_alarm_raised_zh from './notices/alarm_raised.zh-CN.json'
import approvals_higher_limit_en from './approvals/higher_limit.en-US.json'
import approvals_higher_limit_zh from './approvals/higher_limit.zh-CN.json'
import approvals_large_broadcast_en from './approvals/large_broadcast.en-US.json'
import approvals_large_broadcast_zh from './approvals/large_broadcast.zh-CN.json'
import timeline_added_en from './timeline/added.en-US.json'
import timeline_added_zh from './timeline/added.zh-CN.json'
import timeline_alert_en from './timeline/alert.en-US.json'
import timeline_alert_zh from './timeline/alert.zh-CN.json'
import timeline_broadcast_en from './timeline/broadcast.en-US.json'
import timeline_broadcast_zh from './timeline/broadcast.zh-CN.json'
import timeline_chat_day_en from './timeline/chat_day.en-US.json'
import timeline_chat_day_zh from './timeline/chat_day.zh-CN.json'
import timeline_deleted_by_customer_en from './timeline/deleted_by_customer.en-US.json'
import timeline_deleted_by_customer_zh from './timeline/deleted_by_customer.zh-CN.json'
import timeline_deleted_by_staff_en from './timeline/deleted_by_staff.en-US.json'
import timeline_deleted_by_staff_zh from './timeline/deleted_by_staff.zh-CN.json'
import timeline_edited_en from './timeline/edited.en-US.json'
import timeline_edited_zh from './timeline/edited.zh-CN.json'
import timeline_group_joined_en from './timeline/group_joined.en-US.json'
import timeline_group_joined_zh from './timeline/group_joined.zh-CN.json'
import timeline_group_left_en from './timeline/group_left.en-US.json'
import timeline_group_left_zh from './timeline/group_left.zh-CN.json'
import timeline_half_added_en from './timeline/half_added.en-US.json'
import timeline_half_added_zh from './timeline/half_added.zh-CN.json'
import timeline_handover_en from './timeline/handover.en-US.json'
import timeline_handover_zh from './timeline/handover.zh-CN.json'
import timeline_linked_en from './timeline/linked.en-US.json'
import timeline_linked_zh from './timeline/linked.zh-CN.json'
import timeline_owner_changed_en from './timeline/owner_changed.en-US.json'
import timeline_owner_changed_zh from './timeline/owner_changed.zh-CN.json'
import timeline_tagged_en from './timeline/tagged.en-US.json'
import timeline_tagged_zh from './timeline/tagged.zh-CN.json'
import timeline_taken_over_en from './timeline/taken_over.en-US.json'
import timeline_taken_over_zh from './timeline/taken_over.zh-CN.json'
import timeline_transferred_en from './timeline/transferred.en-US.json'
import timeline_transferred_zh from './timeline/transferred.zh-CN.json'
import timeline_unlinked_en from './timeline/unlinked.en-US.json'
import timeline_unlinked_zh from './timeline/unlinked.zh-CN.json'
import timeline_welcome_expired_en from './timeline/welcome_expired.en-US.json'
import timeline_welcome_expired_zh from './timeline/welcome_expired.zh-CN.json'
import timeline_welcome_refused_en from './timeline/welcome_refused.en-US.json'
import timeline_welcome_refused_zh from './timeline/welcome_refused.zh-CN.json'
import timeline_welcome_sent_en from './timeline/welcome_sent.en-US.json'
import timeline_welcome_sent_zh from './timeline/welcome_sent.zh-CN.json'

export type KindWords = typeof alerts_customer_left_zh &
  typeof alerts_staff_deleted_customer_zh &
  typeof alerts_word_hit_zh &
  typeof rules_word_list_zh &
  typeof notices_alert_raised_zh &
  typeof notices_words_found_zh &
  typeof notices_handover_escalated_zh &
  typeof notices_handover_late_zh &
  typeof notices_handover_opened_zh &
  typeof notices_alarm_raised_zh &
  typeof approvals_higher_limit_zh &
  typeof approvals_large_broadcast_zh &
  typeof timeline_added_zh &
  typeof timeline_alert_zh &
  typeof timeline_broadcast_zh &
  typeof timeline_chat_day_zh &
  typeof timeline_deleted_by_customer_zh &
  typeof timeline_deleted_by_staff_zh &
  typeof timeline_edited_zh &
  typeof timeline_group_joined_zh &
  typeof timeline_group_left_zh &
  typeof timeline_half_added_zh &
  typeof timeline_handover_zh &
  typeof timeline_linked_zh &
  typeof timeline_owner_changed_zh &
  typeof timeline_tagged_zh &
  typeof timeline_taken_over_zh &
  typeof timeline_transferred_zh &
  typeof timeline_unlinked_zh &
  typeof timeline_welcome_expired_zh &
  typeof timeline_welcome_refused_zh &
  typeof timeline_welcome_sent_zh

export const EN = [
  alerts_customer_left_en satisfies typeof alerts_customer_left_zh,
  alerts_staff_deleted_customer_en satisfies typeof alerts_staff_deleted_customer_zh,
  alerts_word_hit_en satisfies typeof alerts_word_hit_zh,
  rules_word_list_en satisfies typeof rules_word_list_zh,
  notices_alert_raised_en satisfies typeof notices_alert_raised_zh,
  notices_words_found_en satisfies typeof notices_words_found_zh,
  notices_handover_escalated_en satisfies typeof notices_handover_escalated_zh,
  notices_handover_late_en satisfies typeof notices_handover_late_zh,
  notices_handover_opened_en satisfies typeof notices_handover_opened_zh,
  notices_alarm_raised_en satisfies typeof notices_alarm_raised_zh,
  approvals_higher_limit_en satisfies typeof approvals_higher_limit_zh,
  approvals_large_broadcast_en satisfies typeof approvals_large_broadcast_zh,
  timeline_added_en satisfies typeof timeline_added_zh,
  timeline_alert_en satisfies typeof timeline_alert_zh,
  timeline_broadcast_en satisfies typeof timeline_broadcast_zh,
  timeline_chat_day_en satisfies typeof timeline_chat_day_zh,
  timeline_deleted_by_customer_en satisfies typeof timeline_deleted_by_customer_zh,
  timeline_deleted_by_staff_en satisfies typeof timeline_deleted_by_staff_zh,
  timeline_edited_en satisfies typeof timeline_edited_zh,
  timeline_group_joined_en satisfies typeof timeline_group_joined_zh,
  timeline_group_left_en satisfies typeof timeline_group_left_zh,
  timeline_half_added_en satisfies typeof timeline_half_added_zh,
  timeline_handover_en satisfies typeof timeline_handover_zh,
  timeline_linked_en satisfies typeof timeline_linked_zh,
  timeline_owner_changed_en satisfies typeof timeline_owner_changed_zh,
  timeline_tagged_en satisfies typeof timeline_tagged_zh,
  timeline_taken_over_en satisfies typeof timeline_taken_over_zh,
  timeline_transferred_en satisfies typeof timeline_transferred_zh,
  timeline_unlinked_en satisfies typeof timeline_unlinked_zh,
  timeline_welcome_expired_en satisfies typeof timeline_welcome_expired_zh,
  timeline_welcome_refused_en satisfies typeof timeline_welcome_refused_zh,
  timeline_welcome_sent_en satisfies typeof timeline_welcome_sent_zh,
]

export const ZH = [
  alerts_customer_left_zh satisfies typeof alerts_customer_left_en,
  alerts_staff_deleted_customer_zh satisfies typeof alerts_staff_deleted_customer_en,
  alerts_word_hit_zh satisfies typeof alerts_word_hit_en,
  rules_word_list_zh satisfies typeof rules_word_list_en,
  notices_alert_raised_zh satisfies typeof notices_alert_raised_en,
  notices_words_found_zh satisfies typeof notices_words_found_en,
  notices_handover_escalated_zh satisfies typeof notices_handover_escalated_en,
  notices_handover_late_zh satisfies typeof notices_handover_late_en,
  notices_handover_opened_zh satisfies typeof notices_handover_opened_en,
  notices_alarm_raised_zh satisfies typeof notices_alarm_raised_en,
  approvals_higher_limit_zh satisfies typeof approvals_higher_limit_en,
  approvals_large_broadcast_zh satisfies typeof approvals_large_broadcast_en,
  timeline_added_zh satisfies typeof timeline_added_en,
  timeline_alert_zh satisfies typeof timeline_alert_en,
  timeline_broadcast_zh satisfies typeof timeline_broadcast_en,
  timeline_chat_day_zh satisfies typeof timeline_chat_day_en,
  timeline_deleted_by_customer_zh satisfies typeof timeline_deleted_by_customer_en,
  timeline_deleted_by_staff_zh satisfies typeof timeline_deleted_by_staff_en,
  timeline_edited_zh satisfies typeof timeline_edited_en,
  timeline_group_joined_zh satisfies typeof timeline_group_joined_en,
  timeline_group_left_zh satisfies typeof timeline_group_left_en,
  timeline_half_added_zh satisfies typeof timeline_half_added_en,
  timeline_handover_zh satisfies typeof timeline_handover_en,
  timeline_linked_zh satisfies typeof timeline_linked_en,
  timeline_owner_changed_zh satisfies typeof timeline_owner_changed_en,
  timeline_tagged_zh satisfies typeof timeline_tagged_en,
  timeline_taken_over_zh satisfies typeof timeline_taken_over_en,
  timeline_transferred_zh satisfies typeof timeline_transferred_en,
  timeline_unlinked_zh satisfies typeof timeline_unlinked_en,
  timeline_welcome_expired_zh satisfies typeof timeline_welcome_expired_en,
  timeline_welcome_refused_zh satisfies typeof timeline_welcome_refused_en,
  timeline_welcome_sent_zh satisfies typeof timeline_welcome_sent_en,
]
