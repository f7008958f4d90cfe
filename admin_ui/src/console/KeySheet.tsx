import './words'

import { useTranslation } from 'react-i18next'

import { Dialog } from '@/shared/ui/Dialog'

const isMac = /Mac|iP/.test(globalThis.navigator.platform)
const CONTROL = isMac ? '⌘' : 'Ctrl '

const ANYWHERE = [['search', `${CONTROL}K`], ['rail', `${CONTROL}\\`], ['sheet', '?']] as const
const IN_LIST = [['next', 'J'], ['previous', 'K'], ['open', 'Enter'], ['close', 'Esc'], ['find', '/']] as const

/** Which key does what. */
export default function KeySheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Dialog title={t('keys.title')} footer={null} onCancel={onClose} width={420}>
      {([['anywhere', ANYWHERE], ['inList', IN_LIST]] as const).map(([place, keys]) => (
        <section key={place} className="c-keys" aria-label={t(`keys.${place}`)}>
          <h3>{t(`keys.${place}`)}</h3>
          <dl>
            {keys.map(([name, key]) => (
              <div key={name}>
                <dt>{t(`keys.${name}`)}</dt>
                <dd>
                  <kbd>{key}</kbd>
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  )
}
