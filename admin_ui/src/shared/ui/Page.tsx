import type { ReactNode } from 'react'

import { useTitle } from '../lib/title'

interface PageProps {
  title: string
  note?: ReactNode
  actions?: ReactNode
  children: ReactNode
}

/** A page of the console: its one heading, what can be done, and the content. */
export function Page({ title, note, actions, children }: PageProps) {
  useTitle(title)
  return (
    <div className="s-page">
      <div className="s-page-head">
        <h1>{title}</h1>
        {note ? <span className="s-page-note">{note}</span> : null}
        {actions ? <div className="s-page-actions">{actions}</div> : null}
      </div>
      {children}
    </div>
  )
}

interface CardProps {
  title?: string
  extra?: ReactNode
  className?: string
  children: ReactNode
}

export function Card({ title, extra, className = '', children }: CardProps) {
  return (
    <section className={`s-card ${className}`} {...(title ? { 'aria-label': title } : {})}>
      {title ? (
        <div className="s-card-head">
          <h2>{title}</h2>
          {extra}
        </div>
      ) : null}
      {children}
    </section>
  )
}

/** Names and values of one thing. */
export function Facts({ items }: { items: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="s-facts">
      {items.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
