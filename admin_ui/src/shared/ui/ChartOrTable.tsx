import { Segmented } from 'antd'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { Card } from './Page'

type Shape = 'chart' | 'table'

interface ChartOrTableProps {
  title: string
  className?: string
  children: (shape: Shape) => ReactNode
}

/** Figures as a chart, or as the table behind it. */
export function ChartOrTable({ title, className = '', children }: ChartOrTableProps) {
  const { t } = useTranslation()
  const [shape, setShape] = useState<Shape>('chart')
  return (
    <Card
      title={title}
      className={className}
      extra={
        <Segmented<Shape>
          size="small"
          aria-label={title}
          value={shape}
          onChange={setShape}
          options={[
            { value: 'chart', label: t('action.asChart') },
            { value: 'table', label: t('action.asTable') },
          ]}
        />
      }
    >
      {children(shape)}
    </Card>
  )
}
