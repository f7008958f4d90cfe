/** A chart in a box: echarts with only the parts that are drawn, as SVG so that it stays sharp and prints. */
import { LineChart, type LineSeriesOption } from 'echarts/charts'
import {
  AriaComponent, GridComponent, LegendPlainComponent, TooltipComponent,
  type AriaComponentOption, type GridComponentOption, type LegendComponentOption, type TooltipComponentOption,
} from 'echarts/components'
import { init, use as register, type ComposeOption, type EChartsType } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef, type RefObject } from 'react'

register([LineChart, GridComponent, LegendPlainComponent, TooltipComponent, AriaComponent, SVGRenderer])

export type ChartOption = ComposeOption<
  AriaComponentOption | GridComponentOption | LegendComponentOption | LineSeriesOption | TooltipComponentOption
>

export function useChart(option: ChartOption): RefObject<HTMLDivElement | null> {
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<EChartsType>(undefined)
  useEffect(() => {
    if (!box.current) return
    const made = init(box.current, undefined, { renderer: 'svg' })
    chart.current = made
    const watch = new ResizeObserver(() => made.resize())
    watch.observe(box.current)
    return () => {
      watch.disconnect()
      made.dispose()
    }
  }, [])
  useEffect(() => chart.current?.setOption(option), [option])
  return box
}
