// @ts-check
/** The login, and pages of faults: what was sent last was not taken, and typed.js puts it back on the page it is from. */
import { unsendTyped } from "./typed-store.js";

unsendTyped();
