using Microsoft.Extensions.Logging;
using Ouzel.Client.Connections;
using Ouzel.Client.Consuming.Assignors;
using Ouzel.Client.Consuming.Fetching;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;
using Ouzel.Protocol.Wire;

namespace Ouzel.Client.Consuming.Groups;

/// <summary>The loop around <see cref="ClassicMember"/>: takes its steps to the coordinator and to the owner of the partitions, and tells it what came of them.</summary>
internal sealed class ClassicMembership : IGroupMembership
{
    /// <summary>The first version with static members.</summary>
    private const short StaticJoinFrom = 5;

    private const short StaticFrom = 3;

    /// <summary>The time that a join is given beyond what the rebalance may take. Kafka's.</summary>
    private const int JoinSlackMs = 5000;

    private readonly OuzelClient _client;
    private readonly ClientSurroundings _world;
    private readonly ConsumerOptions _options;
    private readonly IReadOnlyList<string> _topics;
    private readonly GroupLink _link;
    private readonly IGroupOwner _owner;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Wake _wake = new();
    private readonly Wake _changed = new();
    private readonly ClassicMember _member;
    private readonly GroupLeader _leader;
    private JoinGroupResponse? _joined;
    private Task _loop = Task.CompletedTask;
    private Task _works = Task.CompletedTask;
    private long _progress = -1;
    private int _isStarted;

    public ClassicMembership(OuzelClient client, ConsumerOptions options, IReadOnlyList<string> topics, GroupLink link, IGroupOwner owner)
    {
        _client = client;
        _world = client.World;
        _options = options;
        _topics = topics;
        _link = link;
        _owner = owner;
        _logger = _world.Loggers.CreateLogger<ClassicMembership>();
        _member = new ClassicMember(new MemberRules(options.HeartbeatIntervalMs, options.MaxPollIntervalMs, options.IsCooperative));
        _leader = new GroupLeader(client, options.AllowAutoCreateTopics);
    }

    public MemberIdentity Identity
    {
        get
        {
            lock (_gate)
            {
                return _member.Identity;
            }
        }
    }

    public Task NextChange => _changed.Next;

    public void OnApplicationReads()
    {
        if (Interlocked.Exchange(ref _isStarted, 1) == 0)
        {
            lock (_gate)
            {
                _member.OnStarted(_world.NowMs);
            }

            _loop = _world.Start(RunAsync);
            return;
        }

        bool isAwaited;
        lock (_gate)
        {
            isAwaited = _member.IsExpelled;
        }

        if (isAwaited)
        {
            _wake.Set();
        }
    }

    public void OnFenced(ErrorCode error, MemberIdentity identity)
    {
        lock (_gate)
        {
            _member.OnFenced(error, identity);
        }

        _wake.Set();
    }

    public async Task LeaveAsync(string reason, CancellationToken cancellation)
    {
        MemberIdentity identity;
        lock (_gate)
        {
            identity = _member.Identity;
            _member.OnClosed();
        }

        await _stop.CancelAsync();
        await _loop.WaitAsync(cancellation);
        await SendLeaveAsync(identity, reason, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var wake = _wake.Next;
            MemberStep step;
            long nowMs;
            lock (_gate)
            {
                nowMs = _world.NowMs;
                Observe(nowMs);
                step = _member.Next(nowMs);
            }

            try
            {
                if (step.Kind == MemberStepKind.Wait)
                {
                    await Wake.WaitAsync(wake, step.DueMs == long.MaxValue ? long.MaxValue : step.DueMs - nowMs, _world, _stop.Token);
                }
                else
                {
                    await TakeAsync(step);
                    _changed.Set();
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                OnFault(step, fault);
            }
        }
    }

    /// <summary>Looks at what nobody tells of. Called under the gate.</summary>
    private void Observe(long nowMs)
    {
        var progress = _owner.Progress;
        if (_owner.IsWaiting || progress != _progress)
        {
            _progress = progress;
            _member.OnProgress(nowMs);
        }

        foreach (var topic in _topics)
        {
            _client.Metadata.Use(topic, _options.AllowAutoCreateTopics);
        }

        if (_member.IsStable && _leader.WhatChanged() is { } change)
        {
            _member.RequestRejoin(change);
        }
    }

    private Task TakeAsync(MemberStep step)
    {
        switch (step.Kind)
        {
            case MemberStepKind.Join:
                return JoinAsync(step);
            case MemberStepKind.Sync:
                return SyncAsync();
            case MemberStepKind.Heartbeat:
                return HeartbeatAsync();
            case MemberStepKind.Leave:
                ClientEvents.Expelled(_logger, _link.GroupId, step.Reason);
                return SendLeaveAsync(_member.LeavingAs, step.Reason, _stop.Token);
            case MemberStepKind.Revoke:
                return Beside(step, _owner.RevokeAsync);
            case MemberStepKind.Assign:
                return Beside(step, _owner.AssignAsync);
            case MemberStepKind.Lose:
                ClientEvents.PartitionsLost(_logger, _link.GroupId, step.Partitions.Count, step.Reason);
                return Beside(step, _owner.LoseAsync);
            default:
                _owner.Fail(_member.Fault!);
                return Task.CompletedTask;
        }
    }

    /// <summary>Lets the owner work while heartbeats go on.</summary>
    private Task Beside(MemberStep step, Func<IReadOnlyList<TopicPartition>, int, string, Task> work)
    {
        _works = DoAsync(step, work(step.Partitions, Identity.Generation, step.Reason));
        return Task.CompletedTask;
    }

    private async Task DoAsync(MemberStep step, Task work)
    {
        try
        {
            await work;
        }
        catch (Exception fault)
        {
            // The application's own handler threw: it is told where it reads, the group goes on.
            _owner.Fail(fault);
        }

        lock (_gate)
        {
            _member.OnWorkDone(step.WorkId, step.Kind, step.Partitions);
        }

        _wake.Set();
    }

    private async Task JoinAsync(MemberStep step)
    {
        ClientEvents.Joining(_logger, _link.GroupId, step.Reason);
        await _leader.KnowAsync(_topics, _stop.Token);
        var connection = await _link.OpenForJoinAsync(_stop.Token);
        var version = connection.Served.Choose<JoinGroupResponse>(_link.InstanceId is null ? (short)0 : StaticJoinFrom);
        JoinGroupRequest request;
        lock (_gate)
        {
            request = new JoinGroupRequest
            {
                GroupId = _link.GroupId,
                SessionTimeoutMs = _options.SessionTimeoutMs,
                RebalanceTimeoutMs = _options.MaxPollIntervalMs,
                MemberId = _member.Identity.MemberId,
                GroupInstanceId = _link.InstanceId,
                ProtocolType = ConsumerProtocol.Type,
                Protocols = [.. _options.Assignors.Select(a => new JoinGroupRequest.JoinGroupRequestProtocol
                {
                    Name = PartitionAssignors.NameOf(a),
                    Metadata = ConsumerProtocol.WriteSubscription(a, _topics, _member.Owned, _member.Memory, _options.Rack),
                })],
                Reason = step.Reason,
            };
        }

        var timeoutMs = (int)Math.Min(int.MaxValue, Math.Max(_client.Options.RequestTimeoutMs, (long)_options.MaxPollIntervalMs + JoinSlackMs));
        var response = await connection.CallAsync(request, version, timeoutMs, _stop.Token);
        _link.OnError(response.ErrorCode);
        lock (_gate)
        {
            if (response.ErrorCode == ErrorCode.None)
            {
                _joined = response;
                _member.OnJoined(new MemberIdentity(response.MemberId, response.GenerationId));
            }
            else
            {
                _member.OnJoinFailed(response.ErrorCode, response.MemberId, RetryAtMs());
            }
        }
    }

    private async Task SyncAsync()
    {
        var joined = _joined!;
        var request = new SyncGroupRequest
        {
            GroupId = _link.GroupId,
            GenerationId = joined.GenerationId,
            MemberId = joined.MemberId,
            GroupInstanceId = _link.InstanceId,
            ProtocolType = ConsumerProtocol.Type,
            ProtocolName = joined.ProtocolName,
        };
        _leader.Resign();
        if (joined.Leader == joined.MemberId && joined.Members.Count > 0)
        {
            request.Assignments = await _leader.AssignAsync(joined, _stop.Token);
        }

        var connection = await _link.OpenForJoinAsync(_stop.Token);
        var version = connection.Served.Choose<SyncGroupResponse>(_link.InstanceId is null ? (short)0 : StaticFrom);
        var timeoutMs = (int)Math.Min(int.MaxValue, Math.Max(_client.Options.RequestTimeoutMs, (long)_options.MaxPollIntervalMs + JoinSlackMs));
        var response = await connection.CallAsync(request, version, timeoutMs, _stop.Token);
        _link.OnError(response.ErrorCode);
        var assigned = response.ErrorCode == ErrorCode.None ? ConsumerProtocol.ReadAssignment(response.Assignment) : [];
        lock (_gate)
        {
            if (response.ErrorCode == ErrorCode.None)
            {
                ClientEvents.Assigned(_logger, _link.GroupId, joined.GenerationId, joined.ProtocolName, assigned.Count);
                _member.OnSynced(assigned, _world.NowMs);
            }
            else
            {
                _member.OnSyncFailed(response.ErrorCode, RetryAtMs());
            }
        }
    }

    private async Task HeartbeatAsync()
    {
        var identity = Identity;
        var request = new HeartbeatRequest { GroupId = _link.GroupId, GenerationId = identity.Generation, MemberId = identity.MemberId, GroupInstanceId = _link.InstanceId };
        var connection = await _link.OpenAsync(_stop.Token);
        var version = connection.Served.Choose<HeartbeatResponse>(_link.InstanceId is null ? (short)0 : StaticFrom);
        var timeoutMs = Math.Min(_client.Options.RequestTimeoutMs, _options.SessionTimeoutMs);
        var response = await connection.CallAsync(request, version, timeoutMs, _stop.Token);
        _link.OnError(response.ErrorCode);
        lock (_gate)
        {
            if (identity == _member.Identity)
            {
                _member.OnHeartbeat(response.ErrorCode, RetryAtMs());
            }
        }
    }

    /// <summary>Best effort: a coordinator that does not hear it removes the member when its session ends.</summary>
    private async Task SendLeaveAsync(MemberIdentity identity, string reason, CancellationToken cancellation)
    {
        if (identity.MemberId.Length == 0 || _link.InstanceId is not null)
        {
            return;
        }

        try
        {
            var connection = await _link.OpenAsync(cancellation);
            var version = connection.Served.Choose<LeaveGroupResponse>();
            var request = new LeaveGroupRequest { GroupId = _link.GroupId };
            if (version < StaticFrom)
            {
                request.MemberId = identity.MemberId;
            }
            else
            {
                request.Members = [new LeaveGroupRequest.MemberIdentity { MemberId = identity.MemberId, Reason = reason }];
            }

            await connection.CallAsync(request, version, _client.Options.RequestTimeoutMs, cancellation);
        }
        catch (KafkaException fault)
        {
            ClientEvents.NotLeft(_logger, _link.GroupId, fault.Message);
        }
    }

    private void OnFault(MemberStep step, Exception fault)
    {
        ClientEvents.StepFailed(_logger, _link.GroupId, step.Kind, fault.Message);
        if (fault is KafkaException kafka)
        {
            _link.OnError(kafka.Error);
        }

        lock (_gate)
        {
            if (fault is KafkaException { IsRetriable: true })
            {
                _member.OnUnreachable(RetryAtMs());
            }
            else
            {
                var error = fault is WireFormatException ? ErrorCode.InconsistentGroupProtocol : ErrorCode.UnknownServerError;
                _member.OnBroken(fault as KafkaException ?? new KafkaException(error, $"Group {_link.GroupId} cannot be taken part in: {fault.Message}", fault) { IsFatal = true });
            }
        }
    }

    /// <summary>Called under the gate.</summary>
    private long RetryAtMs() => _world.NowMs + _client.Options.Retry.DelayMs(_member.Failures + 1, _world.Chance());
}
