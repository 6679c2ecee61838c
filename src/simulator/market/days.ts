/** Days as numbers: conversion to and from dates and weekdays. */

const DAY_MS = 86_400_000;
/** 1970-01-01 was a Thursday; Sunday is 0. */
const FIRST_WEEKDAY = 4;

/** Days are numbered from 1970-01-01 and belong to a place: the same number at every clock of the world. */
export function dayOf(date: string): number | null {
  if (!/^\d{8}$/.test(date)) return null;
  const day = Date.parse(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T00:00:00Z`) / DAY_MS;
  return Number.isNaN(day) || dateOf(day) !== date ? null : day;
}

/** "20261123" */
export function dateOf(day: number): string {
  return isoDate(day).replaceAll('-', '');
}

/** 0 is Sunday. */
export function weekdayOf(day: number): number {
  return (((day + FIRST_WEEKDAY) % 7) + 7) % 7;
}

export function isWeekend(day: number): boolean {
  const weekday = weekdayOf(day);
  return weekday === 0 || weekday === 6;
}

export function yearOf(day: number): number {
  return Number(isoDate(day).slice(0, 4));
}

/** Day number of a date of the calendar; months are counted from 1. */
export function dayAt(year: number, month: number, date: number): number {
  return Date.UTC(year, month - 1, date) / DAY_MS;
}

function isoDate(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
