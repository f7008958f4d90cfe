import { SearchOutlined } from '@ant-design/icons'
import { Input } from 'antd'
import { useEffect, useState } from 'react'

import { useDebounced } from '../lib/debounce'

interface SearchBoxProps {
  label: string
  placeholder: string
  value: string
  onChange: (value: string) => void
  /** For a placeholder that says more than two or three words. */
  wide?: boolean
}

/** A search field that asks once the typing rests. */
export function SearchBox({ label, placeholder, value, onChange, wide = false }: SearchBoxProps) {
  const [typed, setTyped] = useState(value)
  const [given, setGiven] = useState(value)
  if (given !== value) {
    setGiven(value)
    setTyped(value)
  }
  const rested = useDebounced(typed.trim())
  useEffect(() => {
    if (rested !== value && rested === typed.trim()) onChange(rested)
    // Only a rested text asks; a value that changed elsewhere must not be overwritten by the old text.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [rested])
  return (
    <Input
      className={`s-search ${wide ? 's-search-wide' : ''}`}
      type="search"
      allowClear
      maxLength={100}
      aria-label={label}
      placeholder={placeholder}
      prefix={<SearchOutlined aria-hidden="true" />}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onPressEnter={() => onChange(typed.trim())}
    />
  )
}
