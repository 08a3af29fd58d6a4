import type { DocumentNode } from "graphql";

import { documentCharsKept } from "./limits.ts";

/**
 * Queries that were found to be valid for one schema, by their text: programs send the same few again and again, and
 * checking one takes longer than most take to run. The one that was not asked for longest goes first.
 */
export class DocumentCache {
  private readonly documents = new Map<string, DocumentNode>();
  private chars = 0;

  get(query: string): DocumentNode | undefined {
    const document = this.documents.get(query);
    if (document === undefined) return undefined;
    this.documents.delete(query);
    this.documents.set(query, document);
    return document;
  }

  put(query: string, document: DocumentNode): void {
    if (query.length > documentCharsKept || this.documents.has(query)) return;
    this.documents.set(query, document);
    this.chars += query.length;
    for (const [oldest] of this.documents) {
      if (this.chars <= documentCharsKept) return;
      this.documents.delete(oldest);
      this.chars -= oldest.length;
    }
  }
}
