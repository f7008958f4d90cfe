import { describe, expect, it } from 'vitest'

import { BRAND, BRAND_HOVER, CHART, contrast, SURFACES, TAG_INKS, TILES, tileOf, TONES, WECHAT, WECOM } from './palette'

const WHITE = '#ffffff'
const MODES = ['light', 'dark'] as const

describe('palette', () => {
  it('knows the contrast of black on white', () => {
    expect(contrast('#000000', WHITE)).toBeCloseTo(21)
  })

  it.each(MODES)('is readable in the %s theme', (mode) => {
    const surface = SURFACES[mode]
    for (const ink of [...TAG_INKS[mode], ...Object.values(TONES[mode])]) {
      expect(contrast(ink.text, ink.ground), JSON.stringify(ink)).toBeGreaterThanOrEqual(4.5)
    }
    for (const ground of [surface.layout, surface.container, surface.elevated, surface.hover]) {
      for (const text of [surface.text, surface.secondary, surface.tertiary, surface.link, WECHAT[mode], WECOM[mode]]) {
        expect(contrast(text, ground), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5)
      }
      for (const tone of Object.values(TONES[mode])) {
        expect(contrast(tone.text, ground), `${tone.text} on ${ground}`).toBeGreaterThanOrEqual(4.5)
      }
    }
    expect(contrast(surface.accent, surface.selected)).toBeGreaterThanOrEqual(4.5)
    expect(contrast(WHITE, BRAND[mode])).toBeGreaterThanOrEqual(4.5)
    expect(contrast(WHITE, BRAND_HOVER[mode])).toBeGreaterThanOrEqual(4.5)
    for (const line of Object.values(CHART[mode])) {
      expect(contrast(line, surface.container)).toBeGreaterThanOrEqual(3)
    }
  })

  it('lets white initials stand on every tile', () => {
    for (const tile of TILES) expect(contrast(WHITE, tile), tile).toBeGreaterThanOrEqual(4.5)
  })

  it('gives the same name the same tile', () => {
    expect(tileOf('wm001')).toBe(tileOf('wm001'))
  })
})
