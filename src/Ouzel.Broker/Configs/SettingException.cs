namespace Ouzel.Broker.Configs;

/// <summary>The settings cannot be used; the message is one line that says what to change.</summary>
public sealed class SettingException(string message) : Exception(message);
