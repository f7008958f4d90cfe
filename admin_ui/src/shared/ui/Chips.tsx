import { useTranslation } from 'react-i18next'

import { hashOf, TAG_INKS, TONES, type Tone } from '../palette'
import { useMode } from '../theme'

interface TagLike {
  name: string
  group_name?: string
  /** What is told of it beside its name; else its group. */
  title?: string
}

/** Tags as chips; a tag group keeps its colour, and what is beyond `most` is counted. */
export function TagChips({ tags, most }: { tags: readonly TagLike[]; most?: number }) {
  const mode = useMode()
  const { t } = useTranslation()
  const shown = most ? tags.slice(0, most) : tags
  const rest = tags.slice(shown.length)
  const inks = TAG_INKS[mode]
  return (
    <span className="s-chips">
      {shown.map((tag) => {
        const ink = inks[hashOf(tag.group_name ?? tag.name) % inks.length]
        return (
          <span
            key={`${tag.group_name ?? ''}/${tag.name}`}
            className="s-chip"
            title={tag.title ?? (tag.group_name ? `${tag.group_name} / ${tag.name}` : tag.name)}
            style={{ color: ink?.text, background: ink?.ground }}
          >
            {tag.name}
          </span>
        )
      })}
      {rest.length ? (
        <span
          className="s-chip"
          title={rest.map((tag) => tag.name).join(' · ')}
          style={{ color: TONES[mode].plain.text, background: TONES[mode].plain.ground }}
        >
          +{rest.length}
          <span className="s-hidden">{t('common.moreTags')}</span>
        </span>
      ) : null}
    </span>
  )
}

/** The state of a thing in one word, in a colour that agrees with the word. */
export function Pill({ tone, children }: { tone: Tone; children: string }) {
  return <span className={`s-pill s-tone-${tone}`}>{children}</span>
}
