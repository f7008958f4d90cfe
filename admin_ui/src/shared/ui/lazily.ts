import { lazy, type ComponentType, type LazyExoticComponent } from 'react'

/** A piece of the interface that the server no longer has, or that the network did not bring. */
export class MissingChunk extends Error {
  constructor(cause: unknown) {
    super('a part of the interface could not be fetched', { cause })
    this.name = 'MissingChunk'
  }
}

/** `lazy`, whose failure to be fetched can be told from a mistake of the page itself. */
export function lazily<Props>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): LazyExoticComponent<ComponentType<Props>> {
  return lazy(() =>
    load().catch((cause: unknown) => {
      throw new MissingChunk(cause)
    }),
  )
}
