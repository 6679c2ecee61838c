import type { LogOptions } from '../config/app-config';
import { LEVEL_NAMES, type LogEvent } from './log-event';

/** What would break the rule of one line an event, or would speak to the terminal. */
const CONTROL_CHARACTERS = /[\p{Cc}\u2028\u2029]/gu;

/** The lines of one event, ready to be written: one line, and a line for each step of an error's trace. */
export function formatEvent(format: LogOptions['format'], event: LogEvent, at: Date): string {
  return format === 'json' ? asJson(event, at) : asText(event, at);
}

function asText(event: LogEvent, at: Date): string {
  const head = `${localTime(at)} - ${LEVEL_NAMES[event.level]} - [${oneLine(event.tag)}] ${oneLine(event.message)}\n`;
  return head + event.trace.map((step) => `    ${oneLine(step)}\n`).join('');
}

function asJson({ level, tag, message, trace }: LogEvent, at: Date): string {
  const stack = trace.length === 0 ? {} : { stack: trace.join('\n') };
  return `${JSON.stringify({ time: at.toISOString(), level, tag, message, ...stack })}\n`;
}

/** `2025-11-03 19:45:30` in the time zone of the process. */
function localTime(at: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

function oneLine(text: string): string {
  return text.replace(CONTROL_CHARACTERS, (character) => {
    if (character === '\n') return '\\n';
    return character === '\t' ? ' ' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
