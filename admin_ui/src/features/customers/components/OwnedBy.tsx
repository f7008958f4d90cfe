import { useTranslation } from 'react-i18next'

import type { CustomerDetail } from '@/api/types'
import { Pill } from '@/shared/ui/Chips'

/** Whose customer it is; who has left has to be followed by somebody. */
export function OwnedBy({ owner }: { owner: NonNullable<CustomerDetail['owner']> }) {
  const { t } = useTranslation()
  return (
    <>
      {owner.staff_name} {owner.awaiting_handover ? <Pill tone="bad">{t('followStatus.awaiting_handover')}</Pill> : null}
    </>
  )
}
