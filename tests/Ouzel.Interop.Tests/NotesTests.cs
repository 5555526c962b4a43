namespace Ouzel.Interop.Tests;

/// <summary>The kafkajs programs that people copy from their notes (clients/notes), run as they stand there.</summary>
public sealed class NotesTests
{
    private const string Placeholder = "<PRIVATE_IP>:9092";

    [Fact]
    public async Task The_programs_of_the_notes_run_unchanged()
    {
        await using var broker = await BrokerProcess.StartAsync();
        var folder = WritePrograms(broker.Address);
        try
        {
            await using var admin = Node(folder, "admin.js");
            await admin.FinishAsync();
            Assert.Contains("Topic Created Success [rider-updates]", admin.Texts);

            await using var queueOne = Node(folder, "consumer.js", "user-1");
            await using var queueTwo = Node(folder, "consumer.js", "user-1");
            await using var audience = Node(folder, "consumer.js", "user-2");
            await using var producer = Node(folder, "producer.js");
            await producer.UntilAsync(() => producer.Texts.Contains("Producer Connected Successfully"), "connected");
            await producer.WriteLineAsync("tony south");
            await producer.WriteLineAsync("tony north");

            const string North = ": [rider-updates]: PART:0: {\"name\":\"tony\",\"location\":\"north\"}";
            const string South = ": [rider-updates]: PART:1: {\"name\":\"tony\",\"location\":\"south\"}";
            await audience.UntilAsync(() => audience.Texts.Contains("user-2" + North) && audience.Texts.Contains("user-2" + South), "the other group has both");
            await queueOne.UntilAsync(() => Both().Contains("user-1" + North) && Both().Contains("user-1" + South), "the first group has both between its members");
            Assert.Equal(2, Both().Count(t => t.StartsWith("user-1: ", StringComparison.Ordinal)));

            producer.CloseInput();
            await producer.FinishAsync();

            List<string> Both() => [.. queueOne.Texts, .. queueTwo.Texts];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ForeignProgram Node(string folder, params string[] arguments) =>
        ForeignProgram.Start("notes", "node", arguments, new Dictionary<string, string> { ["NODE_PATH"] = Path.Combine(Checkout.Clients, "node", "node_modules") }, folder);

    /// <summary>Only the address is filled in, as the notes ask their reader to.</summary>
    private static string WritePrograms(string address)
    {
        var folder = Checkout.TemporaryFolder("notes");
        var programs = Directory.GetFiles(Path.Combine(Checkout.Clients, "notes"), "*.js");
        Assert.Equal(["admin.js", "client.js", "consumer.js", "producer.js"], programs.Select(Path.GetFileName).Order());
        foreach (var program in programs)
        {
            File.WriteAllText(Path.Combine(folder, Path.GetFileName(program)), File.ReadAllText(program).Replace(Placeholder, address, StringComparison.Ordinal));
        }

        return folder;
    }
}
