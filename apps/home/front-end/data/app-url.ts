/** Where an app of this page's network is. */
export function appUrl(account: string, path = "/"): string {
  const root = location.host.slice(location.host.indexOf(".") + 1);
  return `${location.protocol}//${account}.${root}${path}`;
}
