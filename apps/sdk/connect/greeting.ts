/** What a page says to the frame's window, with its port: the version of the messages that both will send. */
export const pageGreeting = "kith 1";
