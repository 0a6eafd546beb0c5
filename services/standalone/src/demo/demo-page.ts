/** The files of the page, as texts. */
export interface DemoPage {
  readonly html: string;
  readonly script: string;
  readonly style: string;
  readonly icon: string;
}

declare const ADMIT_ONE_DEMO_PAGE: DemoPage | undefined;

/** The page as the bundler has built it in; null in sources that run as they are. */
export const builtInPage: DemoPage | null =
  typeof ADMIT_ONE_DEMO_PAGE === 'object' ? ADMIT_ONE_DEMO_PAGE : null;
