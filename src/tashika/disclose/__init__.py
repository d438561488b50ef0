"""Disclosure (Action 3): from what was measured, recorded and answered to the documents that are published.

``status.py`` is the one place that decides what an item's evidence amounts to; everything else cites it. ``answers``
holds what an organisation says, ``report`` the year's report as data, ``crosswalk`` the same beside other frameworks,
``render`` and ``export`` turn it into documents, ``publish`` into a tree of files. ``reporting.py`` and
``publication.py`` lead from a workspace through all of it.
"""
