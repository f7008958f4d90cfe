import { type ReactNode } from 'react'
import { createRoot } from 'react-dom/client'

import { setUpLanguage } from '../i18n'
import { signStyles } from '../theme'
import { Boundary } from './Boundary'
import { MissingChunk } from './lazily'
import { Providers } from './Providers'

/** Show a surface once its words are there. */
export function start(surface: ReactNode): void {
  signStyles()
  void setUpLanguage().then(() => {
    const root = document.getElementById('root')
    if (!root) throw new Error('the page has no #root')
    createRoot(root, {
      onCaughtError: (error) => {
        // The page says what to do about it; a mistake is told to whoever looks for it.
        if (!(error instanceof MissingChunk)) console.error(error)
      },
    }).render(
      <Providers>
        <Boundary>{surface}</Boundary>
      </Providers>,
    )
  })
}
