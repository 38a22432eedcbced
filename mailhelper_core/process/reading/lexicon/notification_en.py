"""English cues of mail by which programs tell what happened, by topic."""

from __future__ import annotations

CUES: dict[str, str] = {
    "build": (
        "build!, builds!, pipeline!, commit!, commits!, branch!, merge!, merged!, pull request, merge request, "
        "pushed to, deployment!, deployed!, deploy!, build failed, build passed, build succeeded, tests failed, "
        "failed, failing!, passed, run failed, job failed, repository!, repo!, workflow run, workflow!, release, "
        "compiled!, artifact!, artifacts!, nightly!, ci, test suite, code review, stack trace, rolled back, rollback!"
    ),
    "support-ticket": (
        "ticket!, ticket number, your ticket, ticket has been, ticket was, support ticket, support request, "
        "your request, we received your request, request has been received, case number, your case, assigned to, "
        "assigned to you, assignee!, reassigned!, status changed, changed status, updated the, new comment, "
        "added a comment, commented on, resolved!, has been resolved, closed, reopened!, priority, issue, "
        "opened an issue, help desk, helpdesk!, service desk, in progress, reply above this line, escalated!, agent"
    ),
    "outage": (
        "outage!, incident!, incidents, incident report, is down, went down, service down, downtime!, uptime!, "
        "unreachable!, not responding, not reachable, unavailable!, back online, back up, recovered!, restored, "
        "alarm!, alert!, alerts!, alert triggered, critical!, warning!, threshold!, exceeded!, cpu!, memory usage, "
        "disk space, disk usage, disk full, server, servers, host, monitoring!, monitor, error rate, errors, "
        "timeout!, timed out, degraded!, degraded performance, latency!, investigating!, health check, healthcheck!, "
        "on call, pager, service disruption, disruption!, status page, database, node, cluster, resolved"
    ),
    "report": (
        "report!, reports, your report, report is ready, weekly report, monthly report, daily report, usage report, "
        "activity report, performance report, summary, weekly summary, monthly summary, activity summary, analytics!, "
        "statistics!, stats!, metrics!, page views, pageviews!, visitors, compared to, last week, previous month, "
        "export is ready, your export, ready to download, download your, dashboard!, insights, at a glance, "
        "year over year, generated on, scheduled report, results are"
    ),
    "sharing": (
        "shared!, shared with you, has shared, shared a, shared a document, shared a file, shared a folder, "
        "shared the folder, invited you to edit, invited you to collaborate, invited you to view, document, folder, "
        "file, files, spreadsheet!, uploaded!, uploaded a, added you to, commented on, left a comment, new comments, "
        "comment, mentioned you in a comment, edited!, has edited, made changes, access request, requests access, "
        "requested access, access to, can view, can edit, open document, open in, open the file, workspace!, "
        "link will expire, for your signature, sign the document, e signature, signed by all"
    ),
    "task": (
        "task!, tasks!, new task, task assigned, assigned you, due today, due tomorrow, due soon, tasks due, "
        "overdue tasks, to do, reminder for, appointment reminder, marked as done, completed, board, card, "
        "milestone!, sprint!, mentioned you, approval!, approved!, awaiting your approval, needs your approval, "
        "waiting for your, application received, submission!, submitted!, form submission, new response, contact form"
    ),
    "backup": (
        "backup!, backups!, backup completed, backup failed, backup job, sync!, synced!, syncing!, storage!, "
        "storage full, almost full, storage is, quota!, cron!, cron job, scheduled job, has completed, "
        "completed successfully, successfully completed, finished, succeeded!, imported, exported, migration, "
        "snapshot!, restore point, archive"
    ),
    "expiry": (
        "expires!, expire!, expired!, will expire, about to expire, expiring!, expires soon, expires in, expiry!, "
        "expiration!, certificate!, ssl, domain!, domains!, domain name, license!, licence!, trial, trial ends, "
        "your trial, valid until, ends in, will be deactivated, will be deleted, inactive, inactivity!, due back, "
        "renew"
    ),
    "device": (
        "motion detected, camera!, doorbell!, smoke alarm, sensor!, battery!, battery low, low battery, smart home, "
        "thermostat!, firmware!, device is offline, went offline, offline, printer, toner!, charging session, "
        "charging complete, weather warning, weather alert, severe weather, voicemail!, missed call, voice message"
    ),
    "maintenance": (
        "maintenance!, scheduled maintenance, planned maintenance, maintenance window, temporarily, terms of service, "
        "terms of use, updated terms, updating our terms, terms and conditions, privacy policy update, "
        "changes to our, important changes, policy update, will be discontinued, sunset!, shutting down, end of life, "
        "deprecated!, deprecation!, take effect, effective date"
    ),
    "automatic": (
        "automatically generated, auto generated, automated message, automated email, automatic notification, "
        "automatic message, system message, system notification, notification!, notifications!, "
        "notification settings, do not reply, please do not reply, don't reply, this mailbox is not monitored, "
        "unmonitored!, confirmation of your, has been created, was created, has been updated, was updated, "
        "has been added, is now available, you have a new, no action is required, no action needed, "
        "this is an automated"
    ),
}
