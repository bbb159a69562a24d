"""Addresses of the privacy office."""

from django.urls import path

from privacy.views import office, oversight, reviews

app_name = "privacy"
urlpatterns = [
    path("", office.plan, name="plan"),
    path("plan/<uuid:public_id>/", office.item, name="item"),
    path("plan/<uuid:public_id>/put-forward/", office.put_forward, name="put_forward"),
    path("plan/<uuid:public_id>/release/", office.release, name="release"),
    path("holds/", office.holds, name="holds"),
    path("holds/new/", office.new_hold, name="new_hold"),
    path("holds/<uuid:public_id>/release/", office.release_hold, name="release_hold"),
    path("certificates/", office.certificates, name="certificates"),
    path("certificates/<uuid:public_id>/", office.certificate, name="certificate"),
    path("restriction/<uuid:public_id>/", office.restriction, name="restriction"),
    path("schedule/", office.schedule, name="schedule"),
    path("reviews/", reviews.waiting, name="reviews"),
    path("reviews/preview/", reviews.preview, name="reviews_preview"),
    path("reviews/matter/<uuid:public_id>/", reviews.matter_review, name="matter_review"),
    path("reviews/groups/", reviews.groups_waiting, name="group_reviews"),
    path("reviews/group/<uuid:public_id>/", reviews.group_review, name="group_review"),
    path("reviews/overview/", oversight.overview, name="reviews_overview"),
    path("reviews/rules/", oversight.rules, name="review_rules"),
    path("reviews/records/", oversight.records, name="review_records"),
    path("reviews/export/", oversight.export, name="export_reviews"),
]
