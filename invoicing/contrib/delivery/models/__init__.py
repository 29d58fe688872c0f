"""The tables of delivery."""

from invoicing.contrib.delivery.models.delivery import Delivery, DeliveryAttempt, DeliveryStatus, Outcome, Purpose
from invoicing.contrib.delivery.models.dunning import DunningLevel, InterestKind, Reminder, ReminderPause
from invoicing.contrib.delivery.models.link import LinkRevocation

__all__ = [
    "Delivery",
    "DeliveryAttempt",
    "DeliveryStatus",
    "DunningLevel",
    "InterestKind",
    "LinkRevocation",
    "Outcome",
    "Purpose",
    "Reminder",
    "ReminderPause",
]
