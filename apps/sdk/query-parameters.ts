/** The parameters of a request's query, decoded. Of one that is given twice, the last counts. */
export function queryParameters(query: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const part of query.split("&")) {
    const [name = "", value = ""] = part.split("=", 2);
    try {
      parameters.set(decodeURIComponent(name), decodeURIComponent(value.replaceAll("+", " ")));
    } catch {
      // What is not percent-encoded text is not one of our parameters.
    }
  }
  return parameters;
}
