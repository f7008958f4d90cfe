import { Button } from 'antd'
import { Component, type ReactNode } from 'react'
import { Translation } from 'react-i18next'

import { MissingChunk } from './lazily'
import { ErrorState, Notice } from './States'

/** Keeps a page that throws from taking the rest of the console with it. */
export class Boundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state = { error: null as unknown }

  static getDerivedStateFromError(error: unknown) {
    return { error }
  }

  override render() {
    const { error } = this.state
    if (error === null) return this.props.children
    if (error instanceof MissingChunk) return <Missing offline={!globalThis.navigator.onLine} />
    return (
      <>
        <ErrorState error={error} retry={() => this.setState({ error: null })} />
        <div className="s-notice">
          <Reload />
        </div>
      </>
    )
  }
}

/** A part of the interface did not come: the service has a newer one, or the network is gone. */
function Missing({ offline }: { offline: boolean }) {
  return (
    <div role="alert">
      <Translation>
        {(t) => (
          <Notice
            glyph="broken"
            title={t(offline ? 'state.offline' : 'state.updated')}
            hint={t(offline ? 'state.offlineHint' : 'state.updatedHint')}
            action={<Reload primary />}
          />
        )}
      </Translation>
    </div>
  )
}

function Reload({ primary = false }: { primary?: boolean }) {
  return (
    <Translation>
      {(t) => (
        <Button type={primary ? 'primary' : 'default'} onClick={() => globalThis.location.reload()}>
          {t('action.reload')}
        </Button>
      )}
    </Translation>
  )
}
