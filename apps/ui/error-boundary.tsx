import { Component, type ComponentChildren } from "preact";

export type ErrorBoundaryProps = {
  readonly children: ComponentChildren;
  /** Instead of what failed; `retry` shows that anew. */
  readonly fallback: (error: unknown, retry: () => void) => ComponentChildren;
  readonly onError?: (error: unknown) => void;
};

type State = { readonly failed: boolean; readonly error: unknown };

const fine: State = { failed: false, error: undefined };

/** What fails is replaced alone; the rest of the page stays. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, State> {
  override state = fine;

  override componentDidCatch(error: unknown): void {
    this.setState({ failed: true, error });
    this.props.onError?.(error);
  }

  override render() {
    const { failed, error } = this.state;
    if (!failed) return this.props.children;
    return this.props.fallback(error, () => this.setState(fine));
  }
}
