import { Window } from 'happy-dom';
import type { ReactNode } from 'react';
import { onTestFinished, vi } from 'vitest';

export interface Rendered {
  readonly text: () => string;
  readonly rerender: (node: ReactNode) => void;
  readonly unmount: () => void;
}

/** A DOM for React in Node. Its globals stay, since React keeps working after the last test. */
export interface ReactPage {
  /** Renders in a new element until the test ends. */
  readonly render: (node: ReactNode) => Rendered;
  readonly close: () => Promise<void>;
}

export async function openReactPage(): Promise<ReactPage> {
  const window = new Window();
  const { document } = window;
  for (const [name, value] of Object.entries({ window, document, navigator: window.navigator }))
    vi.stubGlobal(name, value);
  const { createRoot } = await import('react-dom/client');

  function render(node: ReactNode): Rendered {
    const element = document.body.appendChild(document.createElement('div'));
    const root = createRoot(element as unknown as HTMLElement);
    root.render(node);
    onTestFinished(() => root.unmount());
    return {
      text: () => element.textContent,
      rerender: (next) => root.render(next),
      unmount: () => root.unmount(),
    };
  }

  return {
    render,
    close: () => window.happyDOM.close(),
  };
}
