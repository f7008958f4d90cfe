import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'

import type { Schemas } from '@/api/client'
import { number } from '@/shared/lib/numbers'
import { CHART, SURFACES } from '@/shared/palette'
import { FONTS, useMode } from '@/shared/theme'
import { ChartOrTable } from '@/shared/ui/ChartOrTable'
import { DataTable } from '@/shared/ui/DataTable'

import { useChart, type ChartOption } from '../chart'

type Day = Schemas['DayCount']

/** Customers added and lost by day, as a chart or as the table behind it. */
export function Trend({ days }: { days: readonly Day[] }) {
  const { t } = useTranslation()
  const sum = (key: 'added' | 'lost'): string => number(days.reduce((total, day) => total + day[key], 0))
  const label = t('dashboard.trendText', { count: days.length, added: sum('added'), lost: sum('lost') })
  return (
    <ChartOrTable title={t('dashboard.trend')} className="f-trend">
      {(shape) =>
        shape === 'chart' ? (
          <TrendChart days={days} label={label} />
        ) : (
          <div className="f-trend-table">
            <DataTable
              label={t('dashboard.trendTable')}
              columns={[
                { key: 'day', title: t('dashboard.day'), render: (day: Day) => day.day },
                { key: 'added', title: t('dashboard.added'), render: (day: Day) => number(day.added) },
                { key: 'lost', title: t('dashboard.lost'), render: (day: Day) => number(day.lost) },
              ]}
              rows={[...days].reverse()}
              rowKey={(day) => day.day}
            />
          </div>
        )
      }
    </ChartOrTable>
  )
}

function TrendChart({ days, label }: { days: readonly Day[]; label: string }) {
  const { t } = useTranslation()
  const mode = useMode()
  const option = useMemo<ChartOption>(() => {
    const ink = SURFACES[mode]
    const series = (key: 'added' | 'lost', name: string): object => ({
      name,
      type: 'line',
      smooth: 0.25,
      showSymbol: days.length <= 7,
      symbol: 'circle',
      symbolSize: 6,
      lineStyle: { width: 2 },
      areaStyle: { opacity: key === 'added' ? 0.1 : 0 },
      data: days.map((day) => day[key]),
    })
    return {
      animation: false,
      color: [CHART[mode].added, CHART[mode].lost],
      textStyle: { fontFamily: FONTS },
      // The reading of the chart; without it echarts would overwrite the label with one of its own.
      aria: { enabled: true, label: { description: label } },
      legend: { top: 0, right: 0, icon: 'roundRect', itemHeight: 3, itemWidth: 16, itemGap: 16, textStyle: { color: ink.secondary } },
      grid: { left: 4, right: 12, top: 36, bottom: 4, containLabel: true },
      tooltip: {
        trigger: 'axis',
        backgroundColor: ink.elevated,
        borderColor: ink.border,
        textStyle: { color: ink.text },
      },
      xAxis: {
        type: 'category',
        boundaryGap: false,
        data: days.map((day) => day.day.slice(5)),
        axisLine: { lineStyle: { color: ink.border } },
        axisTick: { show: false },
        axisLabel: { color: ink.secondary, hideOverlap: true },
      },
      yAxis: {
        type: 'value',
        minInterval: 1,
        axisLabel: { color: ink.secondary },
        splitLine: { lineStyle: { color: ink.split } },
      },
      series: [series('added', t('dashboard.added')), series('lost', t('dashboard.lost'))],
    } as ChartOption
  }, [days, label, mode, t])
  const box = useChart(option)
  return <div ref={box} className="f-chart" role="img" aria-label={label} />
}
