import { App } from 'antd'
import { useTranslation } from 'react-i18next'

import { useSimAct } from '@/api/simulator'
import { useErrorWords } from '@/shared/ui/States'

/** Act in the world and tell the player how it went. */
export function useAct(corpId: string) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const words = useErrorWords()
  const mutation = useSimAct(corpId)
  const act = async (verb: string, facts: Record<string, unknown>): Promise<Record<string, unknown> | null> => {
    try {
      const changed = await mutation.mutateAsync({ verb, ...facts })
      void message.success(t('sim.done'))
      return changed
    } catch (error) {
      void message.error(words(error))
      return null
    }
  }
  return { act, busy: mutation.isPending }
}
