import type { LogOptions } from '../config/app-config';
import { escapeControls } from '../kis/escape-controls';
import { LEVEL_NAMES, type LogEvent } from './log-event';

/** The text of one event: one line, and one for each line of a stack trace. */
export function formatEvent(format: LogOptions['format'], event: LogEvent, at: Date): string {
  return format === 'json' ? asJson(event, at) : asText(event, at);
}

function asText(event: LogEvent, at: Date): string {
  const { level, tag, message, requestId } = event;
  const suffix = requestId === undefined ? '' : ` (request ${requestId})`;
  const head = `${localTime(at)} - ${LEVEL_NAMES[level]} - [${oneLine(tag)}] ${oneLine(message)}${suffix}\n`;
  return head + event.trace.map((step) => `    ${oneLine(step)}\n`).join('');
}

function asJson({ level, tag, message, requestId, trace }: LogEvent, at: Date): string {
  const stack = trace.length === 0 ? {} : { stack: trace.join('\n') };
  const event = { time: at.toISOString(), level, tag, message, requestId, ...stack };
  return `${escapeControls(JSON.stringify(event))}\n`;
}

/** `2025-11-03 19:45:30` in the time zone of the process. */
function localTime(at: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** Replaces tabs by spaces and escapes other control characters. */
function oneLine(text: string): string {
  return escapeControls(text.replaceAll('\t', ' '));
}
