"""Questions as addresses, what people bring to ask with, and what examiners keep."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('search', '0002_forget_first_queries'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Calibration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('modality', models.CharField(choices=[('visual', 'visual'), ('text', 'text')], max_length=6)),
                ('encoder_key', models.CharField(max_length=160)),
                ('sampled_count', models.PositiveIntegerField()),
                ('figure_count', models.PositiveIntegerField()),
                ('quantiles', models.JSONField(default=list)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Desk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.CreateModel(
            name='Explanation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('running', 'in work'), ('done', 'done'), ('rejected', 'refused'), ('quarantined', 'quarantined')], default='waiting', max_length=12)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('worker', models.CharField(blank=True, max_length=120)),
                ('verdict', models.CharField(blank=True, choices=[('', 'open'), ('accept', 'accepted'), ('accept-with-warning', 'accepted with remarks'), ('reject', 'refused')], default='', max_length=20)),
                ('error_code', models.CharField(blank=True, max_length=60)),
                ('error_detail', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('sentence_pairs', models.JSONField(blank=True, default=list, help_text='asked, found, similarity; best first.')),
            ],
        ),
        migrations.CreateModel(
            name='Material',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('image', 'drawing'), ('document', 'document with pages'), ('patent-xml', 'patent XML'), ('text', 'text')], max_length=10)),
                ('file', models.CharField(help_text='Name in the private storage; images re-encoded as PNG.', max_length=255)),
                ('name', models.CharField(blank=True, help_text='As uploaded; a label, never a path.', max_length=255)),
                ('width_px', models.PositiveIntegerField(default=0)),
                ('height_px', models.PositiveIntegerField(default=0)),
                ('page_count', models.PositiveIntegerField(default=0, help_text='Of a document.')),
                ('page', models.PositiveIntegerField(default=0, help_text='From 1: the page of the document that this image shows.')),
                ('notes', models.JSONField(blank=True, default=list)),
                ('created_at', models.DateTimeField(auto_now_add=True, db_index=True)),
            ],
            options={
                'ordering': ['-created_at'],
            },
        ),
        migrations.CreateModel(
            name='Pin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('left', models.PositiveSmallIntegerField()),
                ('top', models.PositiveSmallIntegerField()),
                ('width', models.PositiveSmallIntegerField()),
                ('height', models.PositiveSmallIntegerField()),
                ('note', models.TextField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['entry', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='SavedSearch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('asked', models.TextField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name_plural': 'saved searches',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='SeenFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seen_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='SheetTurn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('turn', models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Shortlist',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('note', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('changed_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'ordering': ['-changed_at'],
            },
        ),
        migrations.CreateModel(
            name='ShortlistEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('relevance', models.CharField(blank=True, choices=[('', 'not rated'), ('X', 'relevant taken alone'), ('Y', 'relevant in combination'), ('A', 'background')], default='', max_length=1)),
                ('note', models.TextField(blank=True)),
                ('added_at', models.DateTimeField(auto_now_add=True)),
                ('revision', models.PositiveIntegerField(default=1)),
            ],
            options={
                'verbose_name_plural': 'shortlist entries',
                'ordering': ['shortlist', 'position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ShortlistShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('may_edit', models.BooleanField(default=False)),
            ],
        ),
        migrations.RemoveField(
            model_name='query',
            name='figure',
        ),
        migrations.RemoveField(
            model_name='query',
            name='filters',
        ),
        migrations.RemoveField(
            model_name='query',
            name='image',
        ),
        migrations.RemoveField(
            model_name='query',
            name='include_family',
        ),
        migrations.RemoveField(
            model_name='query',
            name='modality',
        ),
        migrations.RemoveField(
            model_name='query',
            name='patent_xml',
        ),
        migrations.RemoveField(
            model_name='query',
            name='text',
        ),
        migrations.RemoveField(
            model_name='query',
            name='top',
        ),
        migrations.AddField(
            model_name='query',
            name='asked',
            field=models.TextField(default='', help_text='The question as a query string; search.question reads it.'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='query',
            name='candidates',
            field=models.BinaryField(help_text='search.candidates reads it.', null=True),
        ),
        migrations.AddField(
            model_name='query',
            name='last_embedding_ids',
            field=models.JSONField(blank=True, default=dict, help_text='By modality: the newest embedding that the search knew.'),
        ),
        migrations.AddField(
            model_name='query',
            name='replay_of',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='replays', to='search.query'),
        ),
        migrations.AddField(
            model_name='query',
            name='search_key',
            field=models.CharField(default='', help_text='The same for questions that find the same figures.', max_length=64),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name='query',
            index=models.Index(fields=['owner', 'search_key', '-created_at'], name='query_asked_before'),
        ),
        migrations.AddField(
            model_name='calibration',
            name='index_version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='calibrations', to='search.indexversion'),
        ),
        migrations.AddField(
            model_name='desk',
            name='owner',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='desk', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='explanation',
            name='figure',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='search.figure'),
        ),
        migrations.AddField(
            model_name='explanation',
            name='query',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='explanations', to='search.query'),
        ),
        migrations.AddField(
            model_name='material',
            name='document',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='images', to='search.material'),
        ),
        migrations.AddField(
            model_name='material',
            name='owner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='materials', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='pin',
            name='author',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='savedsearch',
            name='owner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_searches', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='seenfigure',
            name='figure',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='search.figure'),
        ),
        migrations.AddField(
            model_name='seenfigure',
            name='owner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sheetturn',
            name='owner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sheetturn',
            name='sheet',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='search.sheet'),
        ),
        migrations.AddField(
            model_name='shortlist',
            name='owner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shortlists', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='desk',
            name='shortlist',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='search.shortlist'),
        ),
        migrations.AddField(
            model_name='shortlistentry',
            name='added_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='shortlistentry',
            name='figure',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='search.figure'),
        ),
        migrations.AddField(
            model_name='shortlistentry',
            name='shortlist',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='search.shortlist'),
        ),
        migrations.AddField(
            model_name='pin',
            name='entry',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pins', to='search.shortlistentry'),
        ),
        migrations.AddField(
            model_name='shortlistshare',
            name='shortlist',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shares', to='search.shortlist'),
        ),
        migrations.AddField(
            model_name='shortlistshare',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shortlist_shares', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='explanation',
            constraint=models.UniqueConstraint(fields=('query', 'figure'), name='explanation_once'),
        ),
        migrations.AddConstraint(
            model_name='savedsearch',
            constraint=models.UniqueConstraint(fields=('owner', 'name'), name='saved_search_once'),
        ),
        migrations.AddConstraint(
            model_name='seenfigure',
            constraint=models.UniqueConstraint(fields=('owner', 'figure'), name='seen_once'),
        ),
        migrations.AddConstraint(
            model_name='sheetturn',
            constraint=models.UniqueConstraint(fields=('owner', 'sheet'), name='sheet_turn_once'),
        ),
        migrations.AddConstraint(
            model_name='shortlist',
            constraint=models.UniqueConstraint(fields=('owner', 'name'), name='shortlist_once'),
        ),
        migrations.AddConstraint(
            model_name='shortlistentry',
            constraint=models.UniqueConstraint(fields=('shortlist', 'figure'), name='entry_once'),
        ),
        migrations.AddConstraint(
            model_name='shortlistshare',
            constraint=models.UniqueConstraint(fields=('shortlist', 'user'), name='share_once'),
        ),
    ]
