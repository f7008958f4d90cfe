import { Select } from 'antd'

interface TagSelectProps {
  label: string
  tags: readonly { id: string; name: string; group: string }[]
  loading?: boolean
  className?: string
  // Both come from the form where there is one.
  value?: string[]
  onChange?: (ids: string[]) => void
  id?: string
}

/** Choose tags by name or by group.
 *
 * The group stands behind each name: antd's own option groups put a forbidden aria-selected on the group's line.
 */
export function TagSelect({ label, tags, loading = false, className = '', value, onChange, id }: TagSelectProps) {
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
      options={tags.map((tag) => ({ value: tag.id, label: tag.name, group: tag.group, found: `${tag.group} ${tag.name}` }))}
      optionRender={(option) => (
        <span className="s-option">
          {option.data.label}
          <span className="s-sub">{option.data.group}</span>
        </span>
      )}
      {...(value ? { value } : {})}
      {...(onChange ? { onChange } : {})}
      {...(id ? { id } : {})}
    />
  )
}
