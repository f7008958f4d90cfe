import { Button } from 'antd'
import { Component, type ReactNode } from 'react'
import { Translation } from 'react-i18next'

import { ErrorState } from './States'

/** Keeps a page that throws from taking the rest of the console with it. */
export class Boundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state = { error: null as unknown }

  static getDerivedStateFromError(error: unknown) {
    return { error }
  }

  override render() {
    if (this.state.error === null) return this.props.children
    return (
      <>
        <ErrorState error={this.state.error} retry={() => this.setState({ error: null })} />
        <div className="s-notice">
          <Translation>
            {(t) => <Button onClick={() => globalThis.location.reload()}>{t('action.reload')}</Button>}
          </Translation>
        </div>
      </>
    )
  }
}
