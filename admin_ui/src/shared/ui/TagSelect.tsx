import { Select } from 'antd'

import type { TagOption } from '../lib/tags'

interface TagSelectProps {
  label: string
  tags: readonly TagOption[]
  loading?: boolean
  className?: string
  // Both come from the form where there is one.
  value?: string[]
  onChange?: (ids: string[]) => void
  id?: string
  /** Open and in focus from the first moment. */
  opened?: boolean
}

/** Choose tags by name, by its pinyin or by group.
 *
 * The group stands behind each name: antd's own option groups put a forbidden aria-selected on the group's line.
 */
export function TagSelect({ label, tags, loading = false, className = '', value, onChange, id, opened = false }: TagSelectProps) {
  return (
    <Select<string[]>
      className={className}
      mode="multiple"
      maxTagCount="responsive"
      allowClear
      aria-label={label}
      placeholder={label}
      loading={loading}
      showSearch={{ optionFilterProp: 'found' }}
      options={tags.map((tag) => ({ value: tag.id, label: tag.name, group: tag.group, found: `${tag.group} ${tag.name} ${tag.spelt ?? ''}` }))}
      optionRender={(option) => (
        <span className="s-option">
          {option.data.label}
          <span className="s-sub">{option.data.group}</span>
        </span>
      )}
      {...(value ? { value } : {})}
      {...(onChange ? { onChange } : {})}
      {...(id ? { id } : {})}
      {...(opened ? { autoFocus: true, defaultOpen: true } : {})}
    />
  )
}
