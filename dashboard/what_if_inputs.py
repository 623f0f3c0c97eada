"""The inputs of a simulation: a client's loan and whatever else is picked, typed in the units of people."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard import options
from dashboard.answers import Field
from dashboard.service import Record
from dashboard.values import canonical, label_of, name_of, unit_of, written
from dashboard.words import Words
from scoring.explaining.kinds import kind_of

CREDIT, ANNUITY, GOODS, INCOME = "AMT_CREDIT", "AMT_ANNUITY", "AMT_GOODS_PRICE", "AMT_INCOME_TOTAL"
PLAN = "plan"
"""The duration as people know it, the credit in monthly repayments; the file holds the repayment."""
_LOAN = (CREDIT, PLAN, GOODS, INCOME)
_PLAN_DIGITS = 6  # shown with two: the repayment is right to the cent
_LEAST_PLAN = 1.0
_UNKNOWN = "unknown"


class Inputs:
    """The widgets of one client's simulation. What was typed in them stays, as long as the visit."""

    def __init__(self, words: Words, record: Record, client: str) -> None:
        self._words = words
        self._record = record
        self._prefix = f"what_if.{client}."

    def loan(self) -> dict[str, Any]:
        """Let the amount, the duration, the price and the income be typed: the fields that this changes."""
        own = {name: self._plan() if name == PLAN else self._record.get(name) for name in _LOAN}
        typed = {}
        for place, name in zip([column for _ in range(2) for column in st.columns(2)], own, strict=True):
            with place:
                typed[name] = self._number(name, own[name])
        changed = {name: value for name, value in typed.items() if value != own[name] and name != PLAN}
        if (typed[CREDIT], typed[PLAN]) != (own[CREDIT], own[PLAN]) and (typed[PLAN] or own[PLAN]):
            changed[ANNUITY] = self._annuity(typed[CREDIT], typed[PLAN])
        annuity = changed.get(ANNUITY, self._record.get(ANNUITY))
        st.caption(self._words("what_if.annuity", annuity=written(self._words, ANNUITY, annuity)))
        return changed

    def others(self, fields: Sequence[Field]) -> dict[str, Any]:
        """Let any other field of the model's be picked and typed: those that this changes."""
        sayable = [field for field in fields if field.role == "model" and name_of(self._words, field.name)]
        by_name = {field.name: field for field in sayable if field.name not in (*_LOAN, ANNUITY)}
        picked = options.choose(
            st.multiselect,
            self._words("what_if.others"),
            sorted(by_name, key=self._name),
            self._words,
            key=self._prefix + "others",
            first=[],
            format_func=self._name,
            placeholder=self._words("what_if.others_placeholder"),
        )
        typed = {name: self._any(by_name[name], self._record.get(name)) for name in picked}
        return {name: value for name, value in typed.items() if value != self._record.get(name)}

    def fill(self, values: Mapping[str, float]) -> None:
        """Type these values of the loan."""
        credit, annuity = (values.get(name, self._record.get(name)) for name in (CREDIT, ANNUITY))
        wanted = {name: values[name] for name in (CREDIT, GOODS) if name in values}
        if credit and annuity:
            wanted[PLAN] = round(credit / annuity, _PLAN_DIGITS)
        for name, value in wanted.items():
            st.session_state[self._prefix + name] = float(value)

    def forget(self) -> None:
        """Type the file's own values again."""
        for key in [key for key in st.session_state if str(key).startswith(self._prefix)]:
            del st.session_state[key]

    def _plan(self) -> float | None:
        credit, annuity = self._record.get(CREDIT), self._record.get(ANNUITY)
        return round(credit / annuity, _PLAN_DIGITS) if credit and annuity else None

    def _annuity(self, credit: float | None, plan: float | None) -> float | None:
        return round(credit / plan, 2) if credit and plan else None

    def _least(self, field: str, first: float | None) -> float | None:
        """The least that can be typed, if any; what the file says can always be."""
        least = _LEAST_PLAN if field == PLAN else 0.0 if kind_of(field) == "money" else None
        return least if least is None or first is None else min(least, first)

    def _name(self, field: str) -> str:
        return self._words("what_if.plan") if field == PLAN else name_of(self._words, field) or ""

    def _any(self, field: Field, own: Any) -> Any:
        """What is typed in a field's own kind of widget; its own value, as the file has it, where it wasn't touched."""
        if field.type == "label":
            labels = [str(label) for label in field.allowed or []]
            return self._choice(field.name, labels, own, lambda label: label_of(self._words, field.name, label))
        if field.type == "flag":
            return self._choice(field.name, [0, 1], own, lambda flag: written(self._words, field.name, flag))
        return self._number(field.name, own)

    def _choice(self, field: str, answers: Sequence[Any], own: Any, said: Callable[[Any], str]) -> Any:
        known = canonical(field, own)
        first = known if known in answers else _UNKNOWN
        typed = options.choose(
            st.selectbox,
            self._name(field),
            [*answers, _UNKNOWN],
            self._words,
            key=self._prefix + field,
            first=first,
            format_func=lambda answer: self._words("value.unknown") if answer == _UNKNOWN else said(answer),
        )
        if typed == first:
            return own
        return None if typed == _UNKNOWN else typed

    def _number(self, field: str, own: float | None) -> float | None:
        unit = unit_of(field)
        first = None if own is None else unit.shown(own)
        suffix = self._words(unit.text)
        st.session_state.setdefault(self._prefix + field, first)
        typed = st.number_input(
            f"{self._name(field)} ({suffix})" if suffix else self._name(field),
            min_value=self._least(field, first),
            value=None,  # what stands there is the state's
            step=unit.step,
            format="%.0f" if unit.step >= 1 and (first is None or float(first).is_integer()) else "%.2f",
            placeholder=self._words("value.unknown"),
            key=self._prefix + field,
            persist_state="session",
        )
        if typed == first:
            return own
        return None if typed is None else unit.meant(typed)
