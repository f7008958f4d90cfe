import { Button } from 'antd'
import { Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useCan } from '@/api/me'
import { listed } from '@/shared/i18n'
import { lazily } from '@/shared/ui/lazily'

const RevealDialog = lazily(() => import('./RevealDialog'))

interface MobilesProps {
  customer: string
  masked: readonly string[]
}

/** Masked phone numbers; whoever may see them in full gives a reason first. */
export function Mobiles({ customer, masked }: MobilesProps) {
  const { t } = useTranslation()
  const can = useCan()
  const [asking, setAsking] = useState(false)
  const [shown, setShown] = useState<readonly string[] | null>(null)
  if (!masked.length) return <>{t('customer.noMobiles')}</>
  return (
    <span>
      <span className="s-when">{listed(shown ?? masked)}</span>
      {!shown && can('customers.reveal') ? (
        <Button type="link" size="small" onClick={() => setAsking(true)}>
          {t('customer.reveal')}
        </Button>
      ) : null}
      {asking ? (
        <Suspense fallback={null}>
          <RevealDialog customer={customer} onClose={() => setAsking(false)} onShown={setShown} />
        </Suspense>
      ) : null}
    </span>
  )
}
