import { type ReactNode } from 'react'
import { createRoot } from 'react-dom/client'

import { setUpLanguage } from '../i18n'
import { signStyles } from '../theme'
import { Boundary } from './Boundary'
import { Providers } from './Providers'

/** Show a surface once its words are there. */
export function start(surface: ReactNode): void {
  signStyles()
  void setUpLanguage().then(() => {
    const root = document.getElementById('root')
    if (!root) throw new Error('the page has no #root')
    createRoot(root).render(
      <Providers>
        <Boundary>{surface}</Boundary>
      </Providers>,
    )
  })
}
