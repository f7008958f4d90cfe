import { useEffect, useId, useRef, useState, type ReactNode } from 'react'

interface PopProps {
  label: string
  /** What the button shows; its name begins with it. */
  children: ReactNode
  /** What opens below the button. */
  content: ReactNode
  className?: string
  /** Opens to the left, for buttons at the right end. */
  right?: boolean
}

/** antd draws what opens from a field in here outside of it. */
const OF_FIELDS = '.ant-select-dropdown, .ant-picker-dropdown'

/** A button that opens a small form below itself, in the order of the keyboard; Escape and a click elsewhere close it. */
export function Pop({ label, children, content, className = '', right = false }: PopProps) {
  const [open, setOpen] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const id = useId()
  const close = (): void => {
    setOpen(false)
    button.current?.focus()
  }
  useEffect(() => {
    if (!open) return
    box.current?.querySelector<HTMLElement>('[role="dialog"] :is(input, button, a)')?.focus()
    const onPress = (event: PointerEvent): void => {
      const at = event.target as Element
      if (!box.current?.contains(at) && !at.closest(OF_FIELDS)) setOpen(false)
    }
    document.addEventListener('pointerdown', onPress)
    return () => document.removeEventListener('pointerdown', onPress)
  }, [open])
  return (
    <div
      ref={box}
      className="l-pop"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return
        // The list's panel closes by Escape too.
        event.stopPropagation()
        event.nativeEvent.stopImmediatePropagation()
        close()
      }}
      role="presentation"
    >
      <button
        ref={button}
        type="button"
        className={`l-button ${className}`}
        aria-expanded={open}
        aria-controls={id}
        title={label}
        onClick={() => setOpen(!open)}
      >
        {children}
      </button>
      {open ? (
        <div id={id} role="dialog" aria-label={label} className={`l-pop-box ${right ? 'l-pop-right' : ''}`}>
          {content}
        </div>
      ) : null}
    </div>
  )
}
