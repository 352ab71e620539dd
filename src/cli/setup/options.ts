/** What commander hands to the action of `ai-ipc setup`. */
export interface SetupOptions {
  readonly print?: boolean;
  readonly yes?: boolean;
  readonly dbHost?: string;
  readonly dbPort?: string;
  readonly dbName?: string;
  readonly dbUser?: string;
  readonly dbAdmin?: string;
  readonly aiService?: string;
  readonly servicePort?: string;
  readonly user: string;
  readonly start: boolean;
  readonly prefix?: string;
}
