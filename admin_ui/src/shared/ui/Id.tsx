import { CopyOutlined } from '@ant-design/icons'
import { App, Button } from 'antd'
import { useTranslation } from 'react-i18next'

/** An id of WeCom's in full, with a button that copies it. */
export function Id({ value }: { value: string }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  return (
    <span className="s-id">
      <code>{value}</code>
      <Button
        type="text"
        size="small"
        icon={<CopyOutlined />}
        aria-label={t('action.copyId', { id: value })}
        onClick={() => {
          void navigator.clipboard
            .writeText(value)
            .then(() => message.success(t('action.copied')))
            .catch(() => message.warning(t('action.copyFailed')))
        }}
      />
    </span>
  )
}
