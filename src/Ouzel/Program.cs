Console.WriteLine("ouzel");
