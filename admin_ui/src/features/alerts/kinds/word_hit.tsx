import { useTranslation } from 'react-i18next'

import { listed } from '@/shared/i18n'

import { HitContext } from '../components/HitContext'
import type { View } from './view'

export const view: View<'word_hit'> = {
  place: 3,
  tone: 'bad',
  graded: true,
  slots: ({ facts }) => ({ rule: facts.rule_name }),
  chips: ({ facts }) => facts.words,
  useFacts: ({ facts }) => {
    const { t } = useTranslation()
    return [[t('alert.hitWords'), listed(facts.words)]]
  },
  Body: ({ alert }) => <HitContext hit={alert.facts} />,
}
