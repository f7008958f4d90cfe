import './words'

import { useMutation } from '@tanstack/react-query'
import { Button, Checkbox, Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'

import { resource } from '@/api/resource'

import { useLanguage } from '../../i18n'
import { useErrorWords } from '../../ui/States'
import type { ListAddress } from '../address'
import type { NamedFilter } from '../Bar'
import { useNamed, type Kind } from '../kind'
import { useWanted } from '../wanted'

export interface TakeProps {
  address: ListAddress
  kind: Kind
  named: readonly NamedFilter[]
  shown: readonly string[]
}

/** Those that the list shows, and those by which its rows are known. */
const firstChosen = (kind: Kind, shown: readonly string[]): string[] =>
  kind.fields.filter(({ key, column }) => column && (shown.includes(key) || kind.default_columns.includes(key))).map(({ key }) => key)

const FORMATS = ['xlsx', 'csv'] as const

/** Which columns, and in which format; then it is written in the background. */
export default function Form({ address, kind, named, shown }: TakeProps) {
  const { t } = useTranslation()
  const inWords = useNamed()
  const words = useErrorWords()
  const language = useLanguage()
  const [format, setFormat] = useState<(typeof FORMATS)[number]>('xlsx')
  const { json, lost } = useWanted(address, named)
  const take = useMutation(resource('exports').act('post', ''))
  const fields = kind.fields.filter(({ column }) => column)
  const [columns, setColumns] = useState(() => firstChosen(kind, shown))
  const ask = (): void =>
    take.mutate({
      kind: kind.name,
      filter: json,
      sort: address.asked.sort ?? null,
      columns,
      format,
      language: language === 'en-US' ? 'en' : 'zh',
    })
  return (
    <div className="l-fields">
      <Radio.Group
        aria-label={t('bulk.format')}
        options={FORMATS.map((value) => ({ value, label: t(`bulk.formats.${value}`) }))}
        value={format}
        onChange={(event) => setFormat(event.target.value as typeof format)}
      />
      <div>
        <span>{t('bulk.takeColumns')}</span>
        <Checkbox.Group
          className="l-choices l-many"
          aria-label={t('bulk.takeColumns')}
          options={fields.map((field) => ({ value: field.key, label: inWords(field) }))}
          value={columns}
          onChange={(keys) => setColumns(fields.map(({ key }) => key).filter((key) => keys.includes(key)))}
        />
      </div>
      {lost.length ? <p className="s-sub">{t('bulk.notTaken', { what: lost.join(' · ') })}</p> : null}
      <div role="status">
        {take.isError ? <p className="l-refused">{words(take.error)}</p> : null}
        {take.data ? (
          <p>
            {take.data.total === null ? t('bulk.takenSome') : t('bulk.taken', { count: take.data.total })}{' '}
            <Link to="/exports">{t('bulk.toTaken')}</Link>
          </p>
        ) : null}
      </div>
      <Button type="primary" size="small" disabled={!columns.length} loading={take.isPending} onClick={ask}>
        {t('bulk.takeIt')}
      </Button>
    </div>
  )
}
